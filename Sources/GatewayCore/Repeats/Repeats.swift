import GatewayKit
import Registry
import XML
import XMPP

/// Recognises texts that a client sends a second time, as after a failed resumption of its stream (XEP-0198 §5).
///
/// A message is the same as an earlier one of the same user if it has the same id, recipient, origin-id (XEP-0359), text,
/// subject, links (XEP-0066) and correction (XEP-0308), and if the earlier one was taken within the last 5 to 10 minutes and has not failed. The resource may differ,
/// because the client has logged in again meanwhile.
final class Repeats: Feature {
    static let timer: TimerID = "taken messages"
    /// The length of an epoch.
    static let period: Duration = .seconds(300)

    /// The least length of an id, in bytes, that counts as unique without an origin-id. Random ids are longer.
    private static let shortestUnique = 8

    private let kernel: Kernel
    private let tables: UserTable<TakenMessages>
    /// The number of the present epoch. The timer counts it, so that no message has to read the clock.
    @exclusivity(unchecked) private var epoch = 2
    /// The epoch of the latest message.
    @exclusivity(unchecked) private var latest = 0
    @exclusivity(unchecked) private var isTimerRunning = false

    init(_ kernel: Kernel) {
        self.kernel = kernel
        tables = UserTable(kernel)
    }

    func register(in routes: inout Routes) {
        routes.timer(Self.timer) { [self] in endEpoch() }
        routes.moments.userLoaded.append { [self] in load($0, $1) }
    }

    /// Whether the user has sent the same message before. If not, remembers the message.
    ///
    /// - Parameter body: the body of the message.
    func isRepeat(_ message: Message, saying body: String?, of user: User) -> Bool {
        guard let body, let id = message.head.id, let to = message.head.to else { return false }
        // An origin-id is unique (XEP-0359 §3.1). A short id without one may be a counter that begins anew at each
        // login.
        let origin = message.payload.count > 1 ? Self.originID(of: message) : nil
        guard origin != nil || id.utf8.count >= Self.shortestUnique else { return false }
        let rest = message.payload.count > 1 ? Self.rest(of: message.payload) : 0
        let (key, content) = (Self.key(id, to), Self.content(body, origin, rest))
        if table(of: user).take(key, content, isUnique: origin != nil, epoch: epoch) { return true }
        latest = epoch
        if !isTimerRunning { startTimer() }
        return false
    }

    /// Forgets a message that was refused or has failed: the user may send it again.
    func forget(id: String?, to: JID?, from: JID?) {
        guard let id, let to, let from, let user = kernel.users[from] else { return }
        tables[user]?.forget(Self.key(id, to))
    }

    /// Takes a message that the gateway sends in the name of a user, because the user's server brings it back.
    func expect(_ message: Message, of user: User) { _ = isRepeat(message, saying: message.body, of: user) }

    private func table(of user: User) -> TakenMessages {
        if let table = tables[user] { return table }
        let table = TakenMessages()
        tables[user] = table
        return table
    }

    /// Takes the messages that the ledger has taken lately, for example before a restart of the program.
    private func load(_ user: User, _ stored: UserRecord) {
        let start = kernel.world.now().advanced(by: .seconds(-600))
        for sent in stored.sent where sent.at > start {
            guard let to = try? JID(sent.recipient) else { continue }
            _ = table(of: user).take(Self.key(sent.originID, to), TakenMessages.anyContent, epoch: epoch)
            latest = epoch
            if !isTimerRunning { startTimer() }
        }
    }

    private func startTimer() {
        isTimerRunning = true
        kernel.startTimer(Self.timer, after: Self.period)
    }

    private func endEpoch() {
        epoch += 1
        // After two epochs without a message, none is remembered any more.
        isTimerRunning = epoch - latest <= 2
        if isTimerRunning { kernel.startTimer(Self.timer, after: Self.period) }
    }

    /// The origin-id of a message; nil if it has none that can be read. An empty one is not unique.
    private static func originID(of message: Message) -> String? {
        let id = message.first("origin-id", namespace: OriginID.namespace)?[attribute: "id"]
        return id?.isEmpty == false ? id : nil
    }

    /// A hash of the elements beside the body that make another message of it; 0 if there are none.
    private static func rest(of payload: [Element]) -> Int {
        let elements = payload.span
        var hash = 0
        for index in elements.indices {
            // The length of a name is compared first, because that costs nothing.
            let part: String
            switch elements[index].name.utf8.count {
            case 7 where elements[index].name == "subject" && elements[index].namespace == Stanza.namespace:
                part = payload.text(at: index)
            case 7 where elements[index].namespace == Correction.namespace:
                part = elements[index][attribute: "id"] ?? ""
            case 1 where elements[index].namespace == LinkedFile.namespace:
                part = payload[index].first("url", namespace: LinkedFile.namespace)?.text ?? ""
            default: continue
            }
            hash = hash &* 31 &+ part.quickHash &+ elements[index].name.utf8.count
        }
        return hash
    }

    /// The hash of a message's id and recipient. Never 0, which stands for no message.
    private static func key(_ id: String, _ to: JID) -> Int {
        let place = to.resource.map { to.bareHash &+ $0.quickHash } ?? to.bareHash
        return (place ^ id.quickHash &* 0x1_0000_0001) | 1
    }

    private static func content(_ body: String, _ origin: String?, _ rest: Int) -> Int {
        ((origin?.quickHash ?? 0) << 32 ^ body.quickHash ^ rest) | 1
    }
}
