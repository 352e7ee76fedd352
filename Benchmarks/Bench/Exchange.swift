/// Sends messages of many users, with a bounded number of each user's messages on their way. Every answer causes the
/// next message, so the gateway always has work, but its queues do not grow.
final class Exchange {
    private let send: (_ user: Int, _ number: Int) -> Void
    private let total: Int
    /// The number of the first message. Each message needs a number of its own, because the number is in its id, and a
    /// gateway may take a message with the id of an earlier one for the same message.
    private let first: Int
    private var sent = 0
    private(set) var answered = 0

    init(total: Int, first: Int = 0, send: @escaping (_ user: Int, _ number: Int) -> Void) {
        self.total = total
        self.first = first
        self.send = send
    }

    var isDone: Bool { answered >= total }

    func start(users: Int, window: Int) {
        for _ in 0..<window {
            for user in 0..<users { next(user) }
        }
    }

    func answer(_ user: Int) {
        answered += 1
        next(user)
    }

    private func next(_ user: Int) {
        guard sent < total else { return }
        send(user, first + sent)
        sent += 1
    }
}
