import GatewayKit
import XML
import XMPP

extension StanzaError {
    /// A copy of the error that names a field of a form as application-specific condition (RFC 6120 §8.3.4), so that
    /// a client can show the text beside the field.
    func about(_ field: String?) -> StanzaError {
        guard let field else { return self }
        var error = self
        var element = Element("field", namespace: DataForm.namespace)
        element[attribute: "var"] = field
        error.specific = element
        return error
    }

    /// The field of a form that the error is about; nil if it is about no field.
    var field: String? {
        guard let specific, specific.name == "field", specific.namespace == DataForm.namespace else { return nil }
        return specific[attribute: "var"]
    }

    /// The refusal of a form by an adapter. A malformed address in a form is `not-acceptable`, because `jid-malformed`
    /// would be about the addresses of the stanza.
    init(inForm failure: Failure) {
        var failure = failure
        if failure.kind == .malformedAddress { failure.kind = .notAcceptable }
        self = StanzaError(failure).about(failure.field)
    }
}
