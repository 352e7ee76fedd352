/// The subscriptions of a user who has unregistered. If the stream breaks before the last one is ended, all are ended
/// again, because stanzas that were sent already may be lost.
struct Removal {
    /// Raw localparts of all contacts that the user had.
    private let all: [String]
    /// Raw localparts of the subscriptions that are still to be ended.
    var rest: ArraySlice<String>

    init(_ all: [String]) {
        self.all = all
        rest = all[...]
    }

    /// Starts again with all subscriptions. Call this when the stream has broken.
    mutating func beginAnew() { rest = all[...] }
}
