import Basics
import XML
import XMPP

/// Input: an XML element, which is a stanza or a payload.
///
/// Rules: A stanza is the same after it has been written and read again. Every payload codec handles every element. A
/// payload is the same after its codec has written and read it again.
extension FuzzTarget {
    static let payload = FuzzTarget(name: "payload") { bytes in
        let text = FuzzInput(bytes: bytes).text
        guard let element = try? Element(parsing: text, defaultNamespace: Stanza.namespace) else { return }
        checkRoundTrip(element)
        check(stanza: element)
        for element in family(of: element, atMost: 64) {
            for check in codecs { check(element) }
        }
        if let instant = DateTime.parse(element.text), (-62_167_219_200...253_402_300_799).contains(instant) {
            let again = DateTime.parse(DateTime.print(instant))
            let isNear = again.map { abs($0 - instant) <= 0.001 } ?? false
            require(isNear, "\(instant) is read as \(String(describing: again))")
        }
    }

    private static func check(stanza element: Element) {
        do throws(StanzaFormatError) {
            let stanza = try Stanza(element)
            // Reading drops repeated elements, such as a second <status/>. So compare the values, not the XML.
            let again = try? Stanza(stanza.element)
            require(again == stanza, "\(stanza) is read as \(String(describing: again))")
            checkRoundTrip(stanza.element)
            switch stanza {
            case .message(let message): _ = (message.body, message.subject, message.thread, message.stanzaError)
            case .presence(let presence): _ = presence.stanzaError
            case .iq(let iq): _ = (iq.request, iq.stanzaError)
            }
        } catch {
            guard let reply = error.reply else { return }
            checkRoundTrip(reply)
            require(reply[attribute: "to"] == element[attribute: "from"], "answered to somebody else: \(reply)")
        }
    }

    private static func family(of element: Element, atMost limit: Int) -> [Element] {
        var all = [element]
        var next = 0
        while next < all.count, all.count < limit {
            all += all[next].elements
            next += 1
        }
        return all
    }

    private static let codecs: [@Sendable (Element) -> Void] = [
        checker(DataForm.self), checker(DiscoInfo.self), checker(DiscoItems.self), checker(MUCJoin.self),
        checker(MUCUser.self), checker(MUCAdmin.self), checker(MUCOwner.self), checker(Command.self),
        checker(VCard.self), checker(VCard4.self), checker(ChannelSearch.self), checker(FoundChannels.self),
        checker(Version.self), checker(Registration.self), checker(GatewayPrompt.self),
        checker(ComponentHandshake.self), checker(Nickname.self), checker(Receipt.self), checker(Ping.self),
        checker(Delay.self), checker(StanzaID.self), checker(OriginID.self), checker(StanzaError.self),
        { _ = try? DataForm.find(in: $0) },
    ]

    private static func checker<Value: Payload>(_: Value.Type) -> @Sendable (Element) -> Void {
        { element in
            guard let payload = try? Value(element) else { return }
            let written = payload.element
            let again = try? Value(written)
            require(again?.element == written, "\(payload) is read as \(String(describing: again))")
            checkRoundTrip(written)
        }
    }
}
