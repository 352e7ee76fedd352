import GatewayKit
import Logging
import Registry
import XMPP

/// Messages from the network to users: written to disk, then acknowledged to the network, then sent to the user.
extension Ledger {
    /// Keeps the people whom a user has met. Called when the user's stored data have been read.
    func load(_ user: User, _ stored: UserRecord) {
        guard !stored.peers.isEmpty else { return }
        peers[user] = MetPeers(stored.peers)
        user.rows += stored.peers.count
    }

    /// The record of a person whom the user has met; nil if the user has not met the person. The localpart is raw.
    func peer(_ user: User, _ localpart: String) -> PeerRecord? { peers[user]?[localpart] }

    /// The records of all people whom the user has met, in no particular order.
    func peers(of user: User) -> [PeerRecord] { peers[user]?.all ?? [] }

    /// Writes a message for a stored address to the ledger. `inboundStored` continues when it is on disk.
    func storeInbound(_ message: InboundMessage, of account: AccountID, _ user: User, token: StorageToken?) {
        guard let (text, file) = Self.storable(message.content), case .peer(let peer) = message.origin else {
            return refuse(message, token)
        }
        let key = message.id.map { "\(account.network)/\($0.rawValue)" } ?? kernel.world.newID()
        var entry = InboundEntry(
            id: kernel.world.newID(), gateway: kernel.gateway, account: account,
            localpart: kernel.rules.localpart(of: .peer(peer)), displayName: message.displayName, text: text,
            file: file,
            deduplicationKey: key, foreignID: message.id, receivedAt: message.sentAt ?? kernel.world.now())
        if let consent = message.consent, let line = line(of: account, user) {
            entry.consent = ConsentNote(consent, for: line)
        }
        kernel.commit(.appendInbound(entry), of: user, .inbound(entry, token))
    }

    /// The text and the file of a content that the ledger can store; nil for any other content.
    private static func storable(_ content: Content) -> (text: String, file: File?)? {
        switch content {
        case .text(let text): (text.visible, nil)
        case .file(let file): (file.caption ?? "", file)
        default: nil
        }
    }

    /// Refuses a message that the ledger cannot store: it stores only texts and files from people. Any other message
    /// would be acknowledged and then lost.
    private func refuse(_ message: InboundMessage, _ token: StorageToken?) {
        kernel.count(.notStored)
        kernel.log(
            .error, "a message cannot be stored, because it is not a text or file from a person",
            ["content": "\(message.content.ability)"])
        let failure = Failure(.unsupported, "This gateway stores only texts and files from people, no other messages.")
        if let token { kernel.order(.storageAnswer(token, .refused(failure))) }
    }

    /// Takes the registry's answer to `storeInbound`. Acknowledges the message and sends it to the user; if it could
    /// not be stored, asks the adapter to offer it again. A message that was stored before is only acknowledged.
    func inboundStored(_ entry: InboundEntry, _ token: StorageToken?, _ result: Result<ChangeReply, RegistryError>) {
        switch result {
        case .failure(let error):
            // Only a debug entry: the registry logs each outage once for the operator.
            kernel.count(.notStored)
            kernel.log(
                .debug, "a message from the network cannot be stored; the adapter must offer it again",
                ["reason": "\(error)"])
            if let token { kernel.order(.storageAnswer(token, .refused(.registryAway))) }
        case .success(.inserted(false)):
            kernel.count(.duplicatesIn)
            if let token { kernel.order(.storageAnswer(token, .stored)) }
        case .success:
            if let token { kernel.order(.storageAnswer(token, .stored)) }
            kernel.count(.messagesIn)
            var entry = entry
            if let user = kernel.users[entry.account.user] {
                meet(entry, user)
                findReaction(in: &entry, user)
            }
            if takes(entry) { home.deliver(.stored(entry)) }
        }
    }

    /// Makes an entry a reaction if its text quotes exactly one recent message of the conversation. Remembers any other
    /// text.
    private func findReaction(in entry: inout InboundEntry, _ user: User) {
        guard entry.file == nil else { return }
        if let found = kernel.rules.reaction(in: entry.text),
            let id = recent[user]?.id(of: found.quote, in: entry.localpart, now: kernel.world.now())
        {
            entry.reaction = InboundEntry.Reaction(to: id, found.emoji)
        } else {
            remember(entry.text, id: entry.id, in: entry.localpart, user)
        }
    }

    /// Remembers a text of a conversation, so that reactions to it are understood.
    func remember(_ text: String, id: String, in localpart: String, _ user: User) {
        let texts = recent[user] ?? RecentTexts()
        recent[user] = texts
        texts.add(text, id: id, in: localpart, at: kernel.world.now())
    }

    private func meet(_ entry: InboundEntry, _ user: User) {
        let isKnown = peer(user, entry.localpart) != nil
        // Any stranger can write to a number, and each adds a row. At the limit, the message is still delivered, but
        // the person is not stored.
        guard isKnown || kernel.hasRows(1, user) else { return }
        let met = peers[user] ?? MetPeers([])
        peers[user] = met
        let peer = PeerRecord(
            gateway: entry.gateway, user: entry.account.user, localpart: entry.localpart,
            displayName: entry.displayName, lastSeen: entry.receivedAt)
        guard let new = met.update(with: peer) else { return }
        if !isKnown { user.rows += 1 }
        for subscriber in kernel.routes.moments.met where !isKnown {
            subscriber(user, entry.localpart, entry.displayName)
        }
        for subscriber in kernel.routes.moments.introduced { subscriber(user, entry.localpart) }
        kernel.commit(.savePeer(new), of: user)
    }
}
