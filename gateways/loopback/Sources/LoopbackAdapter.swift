import GatewayKit

/// A network inside the program: a person and a room that repeat what users write, and a phone that answers texts. With
/// it an operator can try an XMPP server and its clients before there is a network or a provider.
package final class LoopbackAdapter: Adapter {
    package let rules: any NetworkRules = LoopbackRules()
    private let phone: LoopbackPhone

    package init(phone: LoopbackPhone = LoopbackPhone()) { self.phone = phone }

    package func open(_ account: Account, events: EventSink) -> any AdapterSession {
        LoopbackSession(account, phone: phone, events: events)
    }
}
