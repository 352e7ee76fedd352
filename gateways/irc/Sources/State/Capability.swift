/// The IRCv3 capabilities that we use. Each one is requested if the server offers it. To use a further one, add a case
/// here, and look for it in `CapabilityNegotiation.enabled`.
///
/// `sts` is not one of them: it must not be requested (IRCv3 sts, "Mechanism"). `userhost-in-names` is none either,
/// because it would make lists of names three times as long for hosts that nobody is shown, and neither is
/// `draft/no-implicit-names`, because every entry needs the names (XEP-0045 §7.2.2) and would have to ask for them by a
/// further line.
enum Capability: String, CaseIterable, Sendable {
    /// Lets the user make an account.
    case accountRegistration = "draft/account-registration"
    case accountNotify = "account-notify"
    case accountTag = "account-tag"
    case awayNotify = "away-notify"
    case batch
    case capNotify = "cap-notify"
    /// Our own host, and none of the departures that servers make up for the hosts of others.
    case changedHost = "chghost"
    case extendedJoin = "extended-join"
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
    /// Lets the user change the real name.
    case setName = "setname"
}
