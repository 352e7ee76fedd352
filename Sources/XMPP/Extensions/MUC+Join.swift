import Basics
import XML

/// The request to enter a room (XEP-0045 §7.2), in a presence to the room with the nick as resource.
package struct MUCJoin: Payload {
    package static let namespace = MUC.namespace

    /// The amount of discussion to send after the entry (XEP-0045 §7.2.14). All given limits apply together.
    package struct History: Sendable, Equatable {
        /// Characters of the whole stanzas, including markup; 0 means no history.
        package var maxChars: Int?
        package var maxStanzas: Int?
        /// The age of the oldest message, in seconds.
        package var seconds: Int?
        /// The time of the oldest message, in seconds since 1970.
        package var since: Double?

        package init(maxChars: Int? = nil, maxStanzas: Int? = nil, seconds: Int? = nil, since: Double? = nil) {
            self.maxChars = maxChars
            self.maxStanzas = maxStanzas
            self.seconds = seconds
            self.since = since
        }
    }

    package var password: String?
    package var history: History?

    package init(password: String? = nil, history: History? = nil) {
        self.password = password
        self.history = history
    }

    package init(_ element: Element) throws(PayloadError) {
        try element.expect("x", Self.namespace)
        self.init(password: element.childText("password"))
        if let history = element.first("history", namespace: Self.namespace) { self.history = try History(history) }
    }

    package var element: Element {
        var join = Element("x", namespace: Self.namespace)
        if let history { join.append(history.element) }
        join.append("password", text: password)
        return join
    }
}

extension MUCJoin.History {
    fileprivate init(_ element: Element) throws(PayloadError) {
        self.init(
            maxChars: try element.count("maxchars"), maxStanzas: try element.count("maxstanzas"),
            seconds: try element.count("seconds"))
        if let text = element[attribute: "since"] {
            guard let since = DateTime.parse(text) else { throw PayloadError("history", "'since' is not a time") }
            self.since = since
        }
    }

    fileprivate var element: Element {
        Element("history", namespace: MUCJoin.namespace)
            .with("maxchars", maxChars.map { String($0) }).with("maxstanzas", maxStanzas.map { String($0) })
            .with("seconds", seconds.map { String($0) }).with("since", since.map { DateTime.print($0) })
    }
}
