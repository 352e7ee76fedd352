import Basics
import XML

/// Entity time (XEP-0202). All nil: the question.
package struct EntityTime: Payload {
    package static let namespace = "urn:xmpp:time"

    /// Seconds since 1970-01-01T00:00:00Z.
    package var utc: Double?
    /// Seconds by which the entity's clock is ahead of UTC; whole minutes.
    package var offset: Int?

    package init(utc: Double? = nil, offset: Int? = nil) {
        self.utc = utc
        self.offset = offset
    }

    package init(_ element: Element) throws(PayloadError) {
        try element.expect("time", Self.namespace)
        if let text = element.childText("utc") {
            guard let instant = DateTime.parse(text) else { throw PayloadError("utc", "'\(text)' is no date and time") }
            utc = instant
        }
        if let text = element.childText("tzo") {
            guard let seconds = DateTime.parse("1970-01-01T00:00:00\(text)") else {
                throw PayloadError("tzo", "'\(text)' is no offset from UTC")
            }
            offset = -Int(seconds)
        }
    }

    package var element: Element {
        var time = Element("time", namespace: Self.namespace)
        time.append("tzo", text: offset.map(Self.text(ofOffset:)))
        time.append("utc", text: utc.map { DateTime.print($0) })
        return time
    }

    /// `+hh:mm` (XEP-0082 §3.2).
    private static func text(ofOffset seconds: Int) -> String {
        let minutes = abs(seconds) / 60
        let digits = [minutes / 60, minutes % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return (seconds < 0 ? "-" : "+") + digits.joined(separator: ":")
    }
}
