/// The subscriptions of a user who has unregistered. If the stream breaks before all of them have ended, all are ended
/// again: some of what was sent may be lost.
struct Removal {
    /// Raw localparts.
    private let all: [String]
    /// Those that have not been ended.
    var rest: ArraySlice<String>

    init(_ all: [String]) {
        self.all = all
        rest = all[...]
    }

    mutating func beginAnew() { rest = all[...] }
}
