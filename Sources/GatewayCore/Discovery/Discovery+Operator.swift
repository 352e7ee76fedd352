import GatewayKit
import XMPP

/// The addresses of the operator (XEP-0157).
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
}
