import Dispatch
import Synchronization

/// Items that one end of a conversation has received and no test has taken yet, in order of arrival.
package final class Mailbox<Item: Sendable & CustomStringConvertible>: Sendable {
    /// Gets all items and returns the positions of those to take. Nil means to go on waiting.
    typealias Choice = @Sendable ([Item]) -> [Int]?

    private struct Waiter: Sendable {
        let choice: Choice
        let continuation: CheckedContinuation<[Item], any Error>
        let failure: @Sendable (_ instead: String) -> RigFailure
    }

    private struct State: Sendable {
        var items: [Item] = []
        var waiters: [Int: Waiter] = [:]
        var nextWaiter = 0
        var closed: String?
        var listeners: [@Sendable (Item) -> Void] = []

        mutating func take(_ choice: Choice) -> [Item]? {
            guard let positions = choice(items) else { return nil }
            let taken = positions.map { items[$0] }
            for position in positions.sorted(by: >) { items.remove(at: position) }
            return taken
        }
    }

    private let state = Mutex(State())
    private let owner: String
    private let logs: ServerLogs

    /// - Parameters:
    ///   - owner: the name of this end of the conversation in failures.
    ///   - logs: the logs that failures quote.
    init(owner: String, logs: ServerLogs) {
        self.owner = owner
        self.logs = logs
    }

    func receive(_ item: Item) {
        let listeners = state.withLock { state in
            state.items.append(item)
            serveWaiters(&state)
            return state.listeners
        }
        for listener in listeners { listener(item) }
    }

    /// Calls `listener` with every item from now on, in order, whether or not a test takes it.
    package func listen(_ listener: @escaping @Sendable (Item) -> Void) {
        state.withLock { $0.listeners.append(listener) }
    }

    /// Closes the mailbox because no more items can come. Every waiting test fails with the reason.
    func close(_ reason: String) {
        state.withLock { state in
            state.closed = reason
            for waiter in state.waiters.values {
                waiter.continuation.resume(throwing: waiter.failure("the connection ended: \(reason)"))
            }
            state.waiters.removeAll()
        }
    }

    /// Takes the first item that matches and leaves the others. Waits until there is one.
    package func first(
        _ what: String, within limit: Duration, where matches: @escaping @Sendable (Item) -> Bool
    ) async throws -> Item {
        let taken = try await take(what, within: limit) { items in
            items.firstIndex(where: matches).map { [$0] }
        }
        guard let item = taken.first else { throw RigFailure("took nothing for \(what)") }
        return item
    }

    /// Takes all items that belong to a sequence, in order, up to and including the item that ends it.
    package func sequence(
        _ what: String, within limit: Duration, of belongs: @escaping @Sendable (Item) -> Bool,
        through ends: @escaping @Sendable (Item) -> Bool
    ) async throws -> [Item] {
        try await take(what, within: limit) { items in
            guard let end = items.firstIndex(where: { belongs($0) && ends($0) }) else { return nil }
            return items[...end].indices.filter { belongs(items[$0]) }
        }
    }

    /// The present items that match; they stay in the mailbox. Call it after a fence, when everything has arrived.
    package func present(where matches: (Item) -> Bool = { _ in true }) -> [Item] {
        state.withLock { $0.items }.filter(matches)
    }

    /// Removes all present items.
    package func clear() { state.withLock { $0.items.removeAll() } }

    private func take(_ what: String, within limit: Duration, _ choice: @escaping Choice) async throws -> [Item] {
        let failure: @Sendable (String) -> RigFailure = { [owner, logs] instead in
            RigFailure("\(owner) awaited \(what) for \(limit.words); \(instead)\n\(logs.tails())")
        }
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        DispatchQueue.global().asyncAfter(deadline: .now() + limit.seconds) { [weak self] in self?.giveUp(number) }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enlist(Waiter(choice: choice, continuation: continuation, failure: failure), as: number)
            }
        } onCancel: {
            giveUp(number)
        }
    }

    /// Gives the waiter its items at once, or keeps the waiter.
    private func enlist(_ waiter: Waiter, as number: Int) {
        state.withLock { state in
            if let taken = state.take(waiter.choice) {
                waiter.continuation.resume(returning: taken)
            } else if let reason = state.closed {
                waiter.continuation.resume(throwing: waiter.failure("the connection ended: \(reason)"))
            } else if Task.isCancelled {
                waiter.continuation.resume(throwing: CancellationError())
            } else {
                state.waiters[number] = waiter
            }
        }
    }

    private func giveUp(_ number: Int) {
        state.withLock { state in
            guard let waiter = state.waiters.removeValue(forKey: number) else { return }
            let seen = state.items.suffix(12).map { "    " + $0.description.shortened(to: 600) }
            let instead = seen.isEmpty ? "nothing had arrived" : "there was only:\n" + seen.joined(separator: "\n")
            waiter.continuation.resume(throwing: waiter.failure(instead))
        }
    }

    private func serveWaiters(_ state: inout State) {
        for number in state.waiters.keys.sorted() {
            guard let waiter = state.waiters[number], let taken = state.take(waiter.choice)
            else { continue }
            state.waiters[number] = nil
            waiter.continuation.resume(returning: taken)
        }
    }
}
