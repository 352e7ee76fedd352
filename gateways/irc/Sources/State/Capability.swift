/// The IRCv3 capabilities that we use. Each one is requested if the server offers it. To use a further one, add a case
/// here, and look for it in `CapabilityNegotiation.enabled`.
///
/// `sts` is not one of them: it must not be requested (IRCv3 sts, "Mechanism").
enum Capability: String, CaseIterable, Sendable {
    case awayNotify = "away-notify"
    case batch
    case capNotify = "cap-notify"
    case changedHost = "chghost"
    case extendedMonitor = "extended-monitor"
    case echoMessage = "echo-message"
    case labeledResponse = "labeled-response"
    case messageTags = "message-tags"
    case multiline = "draft/multiline"
    case multiPrefix = "multi-prefix"
    case sasl
    /// Messages that another client of the same nick has sent, through the bouncer ZNC.
    case selfMessage = "znc.in/self-message"
    case serverTime = "server-time"
    case userhostInNames = "userhost-in-names"
}
