import GatewayKit
import Logging
import Registry
import XMPP

/// Messages from users to the network: written to disk, then handed over once. A message is handed over again only if
/// the network is known not to have taken it.
extension Ledger {
    /// Writes a message to a stored address to the ledger. `outboundStored` hands it over when it is on disk. The text
    /// of a message with the hint `no-store` (XEP-0334 §4.2) stays in memory: the registry has all of it but the text.
    ///
    /// - Throws: the refusal for the sender.
    func storeOutbound(
        _ message: Message, body: String, to address: Address, of user: User, as account: AccountID
    ) throws(StanzaError) {
        guard let from = message.head.from, let to = message.head.to else { return }
        guard !kernel.isInMaintenance else { throw .maintenance }
        if !held.isEmpty { tellHeld(to: from, of: user.id) }
        let localpart = kernel.rules.localpart(of: address)
        let lane = HandOverOrder.Lane(account, localpart: localpart)
        let limits = kernel.settings.limits
        guard accounts.mayAsk(user), open.count(of: user.id) < limits.waitingPerUser else { throw .tooManyRequests }
        guard order.count(in: lane) < limits.waitingPerPeer else { throw .tooManyMessages }
        let capabilities = accounts.capabilities(of: address, on: account.network, user)
        guard try accounts.mustAskAdapter(.text(Text(body)), by: capabilities) else { return }
        let file = message.sharedFile(in: body)
        if let file, try !accounts.mustAskAdapter(.file(file), by: capabilities) { return }
        let isKept = !message.has(.noStore)
        let now = kernel.world.now()
        let entry = OutboundEntry(
            id: RequestID(kernel.world.newID()), gateway: kernel.gateway, account: account,
            localpart: localpart, text: isKept ? body : "", file: isKept ? file : nil,
            sender: from.description, recipient: to.description, originID: message.head.id,
            wantsReceipt: message.payload.contains { (try? Receipt($0)) == .request }, createdAt: now, updatedAt: now)
        order.reserve(lane)
        open.reserve(user.id)
        kernel.commit(.appendOutbound(entry), .stored(entry, message))
    }

    /// Takes the registry's answer to `storeOutbound`: hands the entry over, or refuses the message.
    func outboundStored(_ entry: OutboundEntry, _ message: Message, _ result: Result<ChangeReply, RegistryError>) {
        order.release(HandOverOrder.Lane(entry.account, localpart: entry.localpart))
        open.release(entry.account.user)
        if case .failure(let error) = result {
            // Only a debug entry: the registry logs each outage once for the operator.
            kernel.count(.notStored)
            kernel.log(.debug, "a message is refused, because the registry cannot store it", ["reason": "\(error)"])
            return home.refuse(
                message,
                StanzaError(.resourceConstraint, "The gateway cannot store messages now. Try again later."))
        }
        open[entry.id] = entry
        if entry.text.isEmpty {
            let words = message.words(isStored: true) ?? ""
            open[entry.id]?.text = words
            open[entry.id]?.file = message.sharedFile(in: words)
        }
        order.append(entry)
        if let id = entry.originID, !entry.text.isEmpty || entry.file != nil,
            let user = kernel.users[entry.account.user]
        {
            remember(entry.file?.caption ?? entry.text, id: id, in: entry.localpart, user)
        }
        handOver(entry.id)
    }

    /// Keeps an open entry as the registry has returned it, with the text that only memory has.
    func keepOpen(_ entry: OutboundEntry) {
        let old = open[entry.id]
        open[entry.id] = entry
        guard entry.text.isEmpty else { return }
        open[entry.id]?.text = old?.text ?? ""
        open[entry.id]?.file = old?.file
    }

    /// Marks a waiting entry as handed over, if it is the first of its lane. `markedHandedOver` passes it to the adapter
    /// when the mark is on disk. An entry that has waited for `Limits.longestWait` fails.
    func handOver(_ id: RequestID) {
        guard let entry = open[id], entry.state == .waiting, order.isFirst(entry), !kernel.isStopping else { return }
        guard let user = kernel.users[entry.account.user] else {
            if !kernel.wait(.timer(TimerTag(Self.handOverTimer, about: id)), for: entry.account.user) {
                kernel.startTimer(Self.handOverTimer, about: id, after: .seconds(5))
            }
            return
        }
        // If the registry removes the user, `forget` ends the entry.
        guard !user.isLeaving else { return kernel.startTimer(Self.handOverTimer, about: id, after: .seconds(5)) }
        let now = kernel.world.now()
        guard now < entry.createdAt.advanced(by: kernel.settings.limits.longestWait) else {
            let failure = Failure(
                .remoteDown, "The network did not take the message in time. The message was not sent.")
            kernel.commit(.note(MessageFacts(stage: .expired), of: id, by: entry.account))
            return settle(id, .failed(failure), token: nil)
        }
        guard order.takePlace(entry, most: kernel.settings.limits.handedPerAccount) else { return }
        // From now on the entry counts as handed over, so that nobody hands it over again, or gives it up, before the
        // registry has answered.
        open.setState(.handing, of: id)
        kernel.commit(handOver(of: entry, user, at: now), .markedHandedOver(id))
    }

    /// The change that marks an entry as handed over. The registry checks consent and limits in the same write, if the
    /// network has them.
    private func handOver(of entry: OutboundEntry, _ user: User, at now: Timestamp) -> Change {
        let line = kernel.description.optOutHint == nil ? nil : line(of: entry.account, user)
        let isCounted = kernel.description.countsMessages && entry.attempts == 0
        guard line != nil || isCounted else { return .advance(entry.id, to: .handing, at: now) }
        var charge: Charge?
        if isCounted, case .success(let address) = read(localpart: entry.localpart) {
            let login = accounts.settings(of: user, network: entry.account.network)
            let content = entry.file.map(Content.file) ?? .text(Text(entry.text))
            charge = kernel.rules.charge(for: content, to: address, login: login, at: now)
        }
        return .handOver(HandOver(entry, line: line, charge: charge, at: now))
    }

    /// Takes the registry's answer to `handOver`. If the mark could not be written, the next try follows in 5 s.
    func markedHandedOver(_ id: RequestID, _ result: Result<ChangeReply, RegistryError>) {
        switch result {
        case .failure:
            open.setState(.waiting, of: id)
            open[id].map(freePlace)
            kernel.startTimer(Self.handOverTimer, about: id, after: .seconds(5))
        case .success(.outbound(let entry?)):
            keepOpen(entry)
            passToAdapter(open[id] ?? entry)
        case .success(.refused(let refusal)):
            open.setState(.waiting, of: id)
            giveUp(id, Failure(refusal, hint: kernel.description.optOutHint))
        case .success:
            let entry = open[id]
            open[id] = nil
            entry.map(leave)
        }
    }

    /// Removes an entry from its lane and frees its place, and hands over the entries that have waited for that. Call
    /// it when the network has taken the entry, when it has ended, or when its outcome is unknown.
    func leave(_ entry: OutboundEntry) {
        let next = order.remove(entry)
        if let next { handOverInTime(next) }
        freePlace(entry)
    }

    /// Frees the place of an entry, and hands over the entries of the account that have waited for a place. Call it
    /// when the adapter no longer has the entry.
    func freePlace(_ entry: OutboundEntry) {
        order.freePlace(entry)
        while let id = order.nextReady(entry.account, most: kernel.settings.limits.handedPerAccount) { handOver(id) }
    }

    /// Hands an entry over now, or at the time of its next attempt (`notBefore`) if that is later.
    func handOverInTime(_ id: RequestID) {
        guard let entry = open[id] else { return }
        guard let notBefore = entry.notBefore, notBefore > kernel.world.now() else { return handOver(id) }
        kernel.startTimer(Self.handOverTimer, about: id, after: wait(until: notBefore))
    }

    private func passToAdapter(_ entry: OutboundEntry) {
        // The gateway has closed its sessions. The entry goes back to `waiting`. The next run of the program hands it
        // over.
        guard !kernel.isStopping else {
            return storeOutcome(.postponed(until: kernel.world.now()), of: entry.id, by: nil)
        }
        guard case .success(let address) = read(localpart: entry.localpart) else {
            let failure = Failure(.notFound, "The address is not valid any more.")
            return settle(entry.id, .failed(failure), token: nil)
        }
        // A user with an open entry stays loaded (`keepsUser`).
        guard let user = kernel.users[entry.account.user] else {
            return settle(entry.id, .failed(.registryAway), token: nil)
        }
        accounts.open(entry.account.network, for: user, nick: nil)
        kernel.count(.messagesOut)
        let content = entry.file.map(Content.file) ?? .text(Text(entry.text))
        let action = Request.Action.send(content, to: address)
        kernel.order(.perform(entry.account, Request(id: entry.id, action: action)))
    }

    /// Asks the adapter sessions of these accounts to send at once what they have paused (`Request.Action.resume`).
    /// Call it before the waiting messages are handed over.
    func resumeSessions(of paused: Set<AccountID>) {
        for account in paused {
            guard let user = kernel.users[account.user] else { continue }
            accounts.open(account.network, for: user, nick: nil)
            accounts.performUnchecked(.resume, of: user, as: account, then: .none)
        }
    }

    private func read(localpart: String) -> Result<Address, AddressError> {
        do throws(AddressError) {
            return .success(try kernel.rules.address(localpart: localpart))
        } catch {
            return .failure(error)
        }
    }
}
