import XML

/// The conditions of ad-hoc commands that stand beside the condition of a stanza error (XEP-0050 §4.4).
package enum CommandError: String, Sendable, CaseIterable {
    case badAction = "bad-action"
    case badLocale = "bad-locale"
    case badPayload = "bad-payload"
    case badSessionID = "bad-sessionid"
    case malformedAction = "malformed-action"
    case sessionExpired = "session-expired"

    package var element: Element { Element(rawValue, namespace: Command.namespace) }
}
