import GatewayKit
import XML
import XMPP

/// What service discovery tells of the gateway in forms: the addresses of the operator (XEP-0157), and the limits of
/// stanzas.
extension Discovery {
    /// The form with the addresses; nil if the operator has told none.
    var contactForm: DataForm? {
        let addresses = kernel.settings.operatorAddresses
        guard !addresses.isEmpty else { return nil }
        return DataForm(
            .result,
            fields: [
                DataForm.formType("http://jabber.org/network/serverinfo"),
                DataForm.Field("admin-addresses", .listMulti, values: addresses),
            ])
    }

    /// The form with the greatest size of a stanza. XEP-0478 §3.1 puts it into the features of a stream, which a component
    /// does not send. So it has the names of that place.
    static let limitsForm = DataForm(
        .result,
        fields: [
            DataForm.formType("urn:xmpp:stream-limits:0"),
            DataForm.Field("max-bytes", .textSingle, values: ["\(XMLLimits().maxStanzaBytes)"]),
        ])
}
