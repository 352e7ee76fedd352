import GatewayKit
import NIOCore

/// Masks for people. A ban holds for a person's host and not for the nick, which the person can change (XEP-0045 §9.1). We
/// ask the server for the host (USERHOST, RFC 2812 §4.8), because few lines tell it.
extension IRCClient {
    static let maskHandlers = [HandlerRow(302, least: 2) { $0.receivedAddresses($1) }]

    /// Makes a change for a nick, after the server has told the person's address.
    mutating func changeMask(_ request: MaskRequest) {
        guard let nick = MiddleParameter(request.nick) else { return fail(request.id, IRCClient.badNick(request.nick)) }
        guard maskRequests.count < MaskRequest.limit else {
            return fail(request.id, Failure(.rateLimited, "Too many changes of lists wait. Try again in a moment."))
        }
        let failure = outbox.submit(
            nil, .address, target: fold(request.nick), turn: fold(request.channel.text),
            lines: CollectionOfOne((line: OutboundLine(.userhost, nick), text: "")))
        if let failure { return fail(request.id, failure) }
        maskRequests.append(request)
    }

    /// Keeps a kick until the ban of the same person is on its way. Returns false if there is no such ban.
    mutating func hold(_ kick: Request, of nick: String, in channel: IRCChannel) -> Bool {
        let index = maskRequests.lastIndex {
            fold($0.nick) == fold(nick) && fold($0.channel.text) == fold(channel.name)
                && $0.held.count < MaskRequest.kickLimit
        }
        guard let index else { return false }
        maskRequests[index].held.append(kick)
        return true
    }

    /// RPL_USERHOST: `nick=+user@host`, with a `*` behind the nick of an operator, and a `-` for a person who is away. The
    /// text is empty if nobody has the nick.
    private mutating func receivedAddresses(_ line: Inbound) {
        guard !maskRequests.isEmpty else { return }
        let entries = line.parameters[1].split(separator: " ").prefix(8)
        for entry in entries { receivedAddress(entry, now: line.now) }
        guard entries.isEmpty else { return }
        let asked = outbox.inFlight.first {
            $0.request.kind == .address && (line.label == nil || $0.label == line.label)
        }
        guard let asked else { return }
        settle(outbox.eventObserved(.address, target: asked.request.target), now: line.now)
    }

    private mutating func receivedAddress(_ entry: Substring, now: NIODeadline) {
        let parts = entry.split(separator: "=", maxSplits: 1)
        guard parts.count == 2 else { return }
        let nick = fold(String(parts[0].hasSuffix("*") ? parts[0].dropLast() : parts[0]))
        guard let index = maskRequests.firstIndex(where: { fold($0.nick) == nick }) else { return }
        let address = Source("x!" + parts[1].dropFirst())
        if let user = address.user, let host = address.host, !host.isEmpty {
            let mask = HostMask(user: user, host: host, own: identity.host)
            let isOurs = mask.matches(
                nick: identity.nick, user: identity.user, host: identity.host, support.caseMapping)
            // A mask that fits us, too, would be worse than one for the nick.
            maskRequests[index].mask = isOurs || MiddleParameter(mask.text) == nil ? nil : mask.text
        }
        settle(outbox.eventObserved(.address, target: nick), now: now)
    }

    /// Makes the change that has waited for the address of a person. If the address is not known, it is made for the
    /// nick.
    mutating func addressEnded(of nick: FoldedName, now: NIODeadline) {
        guard let index = maskRequests.firstIndex(where: { fold($0.nick) == nick }) else { return }
        let request = maskRequests.remove(at: index)
        let mask = request.mask ?? request.nick + "!*@*"
        if request.mask != nil { removeNickMask(of: request) }
        switch request.change {
        case .typed(let word): submitTyped(request, word, mask, now: now)
        case .list(let mode, let adding):
            if let channel = channels[fold(request.channel.text)], channel.isJoined {
                let entry = ModeChange(adding: adding, mode: mode, parameter: mask)
                change(channel, [entry], person: request.nick, request.id)
            } else {
                fail(request.id, Failure(.notInRoom, "You are not in \(request.channel.text)."))
            }
        }
        for kick in request.held { perform(kick, now: now) }
    }

    /// Where a mask for an address is removed, also removes one for the nick, if there is one: an older ban may have it.
    private mutating func removeNickMask(of request: MaskRequest) {
        let word: MiddleParameter? =
            switch request.change {
            case .list(let mode, adding: false): MiddleParameter("-" + String(UnicodeScalar(mode)))
            case .typed(let word) where word.text.hasPrefix("-"): word
            case .list, .typed: nil
            }
        guard let word, let mask = MiddleParameter(request.nick + "!*@*") else { return }
        let line = (line: OutboundLine(.mode, request.channel, word, mask), text: "")
        _ = outbox.submit(nil, .mode, target: fold(request.channel.text), lines: CollectionOfOne(line))
    }

    /// Queues the line of a typed command.
    private mutating func submitTyped(
        _ request: MaskRequest, _ word: MiddleParameter, _ mask: String, now: NIODeadline
    ) {
        guard let mask = MiddleParameter(mask) else { return fail(request.id, IRCClient.badNick(request.nick)) }
        let line = OutboundLine(.mode, request.channel, word, mask)
        submit(UserLines.Item(request.id, line, .command), now: now)
    }

    /// Removes all changes that wait for an address, and returns their requests. Call it when the connection ends.
    mutating func takeMaskRequests() -> [RequestID] {
        defer { maskRequests = [] }
        return maskRequests.flatMap { [$0.id] + $0.held.map(\.id) }
    }
}
