import Basics
import GatewayKit
import NIOCore

/// The login to the user's account: its deadlines, and the channels that wait for it.
extension IRCClient {
    /// How long the network's verdict about a login may take.
    static let loginTimeout = TimeAmount.seconds(15)

    /// RPL_LOGGEDIN (900), RPL_LOGGEDOUT (901), and the results of SASL (902 to 908).
    static let loginHandlers: [HandlerRow] =
        [
            HandlerRow(.authenticate, least: 1) { $0.receivedLogin($1) },
            HandlerRow(900, least: 3) { $0.receivedLogin($1) },
            HandlerRow(901, least: 1) { client, _ in client.account = nil },
        ] + (902...908).map { HandlerRow($0, least: 1) { $0.receivedLogin($1) } }

    /// Gives a line of the login to `registration`. Does nothing before the connection is ready, because `registration`
    /// gets every line then.
    private mutating func receivedLogin(_ line: Inbound) { if registration.isReady { register(line) } }

    /// Notes that we are logged in, and enters the channels that have refused us because we were not.
    mutating func loggedIn(_ account: String, now: NIODeadline) {
        if self.account == nil || !account.isEmpty { self.account = account }
        for (folded, channel) in channels where channel.refusalBeforeLogin != nil {
            enterAgain(channel, folded, now: now)
        }
    }

    private mutating func enterAgain(_ channel: IRCChannel, _ folded: FoldedName, now: NIODeadline) {
        guard let failure = channel.refusalBeforeLogin else { return }
        channel.refusalBeforeLogin = nil
        let line = MiddleParameter(channel.name).map { name in
            OutboundLine(.join, name, channel.key.flatMap { MiddleParameter($0.reveal()) })
        }
        guard let line, outbox.submit(nil, .join, target: folded, lines: [(line, "")]) == nil else {
            return entryFailed(folded, failure, now: now)
        }
    }

    /// Handles the refusal of a channel that admits only users who are logged in (477). Returns true if the login may
    /// still come: then the channel is entered after it.
    mutating func waitsForLogin(_ outcome: Outbox.Outcome?, now: NIODeadline) -> Bool {
        guard case .failure(let failure)? = outcome?.result, let request = outcome?.request, request.kind == .join,
            account == nil, let loginHope, now < loginHope, let channel = channels[request.target]
        else { return false }
        channel.refusalBeforeLogin = failure
        return true
    }

    /// Whether the key of a login must be derived. Then call `deriveSlice` until this is false. Mutating, so that the
    /// caller does not copy the whole value for it.
    var wantsKey: Bool { mutating get { registration.wantsKey } }

    /// Does the next slice of the derivation of a key. The wait for the network's verdict begins after the last one.
    mutating func deriveSlice(now: NIODeadline) {
        guard wantsKey else { return }
        loginDeadline = nil
        perform(registration.deriveKeySlice(), now: now)
    }

    /// Ends the waits for a login whose deadline has passed.
    mutating func tickLogin(now: NIODeadline) {
        if !wantsKey, let verdict = loginDeadline, now >= verdict { perform(registration.timedOut(), now: now) }
        guard let loginHope, now >= loginHope else { return }
        self.loginHope = nil
        for (folded, channel) in channels {
            if let failure = channel.refusalBeforeLogin { entryFailed(folded, failure, now: now) }
        }
    }

    /// When `tickLogin` must be called. Nil if no login is under way and no channel waits for one.
    mutating func nextLoginWake(now: NIODeadline) -> NIODeadline? {
        let verdict = wantsKey ? nil : loginDeadline
        let isHeld = loginHope != nil && channels.values.contains { $0.refusalBeforeLogin != nil }
        guard let hope = isHeld ? loginHope : nil else { return verdict }
        return min(hope, verdict ?? hope)
    }

    /// Handles a change of our own user modes. Networks mark users who are logged in with `+r`.
    mutating func receivedOwnMode(_ line: Inbound) {
        var adds = true
        var isRegistered: Bool?
        for letter in line.parameters[1].utf8 {
            switch letter {
            case UInt8(ascii: "+"): adds = true
            case UInt8(ascii: "-"): adds = false
            case UInt8(ascii: "r"): isRegistered = adds
            default: break
            }
        }
        switch isRegistered {
        case true?: perform(registration.loggedIn(""), now: line.now)
        case false?: account = nil
        case nil: break
        }
    }

    /// Writes the commands that the user has set for each connect (`after_connect_commands`).
    mutating func writeCommands(now: NIODeadline) {
        for line in settings.commands { writeUnshown(line) }
        outbox.charge(settings.commands.count, now: now)
    }

    /// Writes a line that is not a message of the user. Its echo is not shown, because it may hold a password.
    mutating func writeUnshown(_ line: OutboundLine) {
        write(line)
        guard let message = try? IRCMessage(line.text), unshownEchoes.count < IRCClient.unshownLimit,
            [.verb(.privmsg), .verb(.notice)].contains(message.command), let text = message.parameters.last
        else { return }
        unshownEchoes.append(text)
    }

    /// Whether this is the echo of a line of `writeUnshown`. Each such line has one echo.
    mutating func takeUnshownEcho(_ text: String) -> Bool {
        guard !unshownEchoes.isEmpty, let index = unshownEchoes.firstIndex(of: text) else { return false }
        unshownEchoes.remove(at: index)
        return true
    }
}
