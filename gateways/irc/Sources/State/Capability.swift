/// The IRCv3 capabilities that we use. Each one is requested if the server offers it. To use a further one, add a case
/// here, and look for it in `CapabilityNegotiation.enabled`.
///
/// `sts` is not one of them: it must not be requested (IRCv3 sts, "Mechanism").
enum Capability: String, CaseIterable, Sendable {
    case batch
    case capNotify = "cap-notify"
    case echoMessage = "echo-message"
    case labeledResponse = "labeled-response"
    case messageTags = "message-tags"
    case multiPrefix = "multi-prefix"
    case sasl
    case serverTime = "server-time"
}
