/// The name of a timer. The core finds the feature of a timer by this name, so no two timers may share one.
package struct TimerID: Hashable, Sendable, ExpressibleByStringLiteral {
    let name: String

    package init(stringLiteral name: String) { self.name = name }
}

/// A timer that has been started, with the subject that its feature gets back when the timer ends.
package struct TimerTag: Sendable {
    package let timer: TimerID
    /// A subject of up to three machine words needs no allocation.
    let subject: (any Sendable)?

    init(_ timer: TimerID, about subject: (any Sendable)? = nil) {
        self.timer = timer
        self.subject = subject
    }
}
