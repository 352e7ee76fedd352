import Basics

/// The addresses of the XMPP server, and the one whose turn it is.
///
/// The first address is preferred, then the second, and so on. After a failure the next address has its turn at once.
/// When all have failed in a row, the round is over: a pause is due, and a new round begins with the first address.
///
/// If there are several addresses, each has little time in every other round, beginning with the first (`mustHurry`). So
/// a silent server does not hold up the link for long, and a slow one gets the time that it needs.
struct ServerTurns {
    private let all: [Endpoint]
    private(set) var current: Endpoint
    /// The addresses that have not failed in this round, except for the current one.
    private var remaining: ArraySlice<Endpoint>
    /// Whether the addresses of this round have all the time that `LinkTiming` gives to a server.
    private var isPatient = false

    init(_ first: Endpoint, _ others: [Endpoint]) {
        all = [first] + others
        current = first
        remaining = others[...]
    }

    /// Whether there is more than one address.
    var hasAlternatives: Bool { all.count > 1 }

    /// Whether the current address has to answer within `LinkTiming.hurry`.
    var mustHurry: Bool { hasAlternatives && !isPatient }

    /// Moves on after a failure of the current address. Returns whether the round is over.
    mutating func failed() -> Bool {
        if let next = remaining.popFirst() {
            current = next
            return false
        }
        current = all[0]
        remaining = all.dropFirst()
        isPatient.toggle()
        return true
    }

    /// Begins a round after the loss of a stream that was open for a while. The address of the lost stream counts as
    /// failed. Returns whether the round is over.
    mutating func lost() -> Bool {
        remaining = all.filter { $0 != current }[...]
        isPatient = false
        return failed()
    }
}
