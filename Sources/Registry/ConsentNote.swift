import GatewayKit

/// The consent that a person has given or withdrawn by a message, and the unique value to which it applies.
package struct ConsentNote: Sendable, Equatable {
    package let consent: Consent
    package let line: UniqueValue

    package init(_ consent: Consent, for line: UniqueValue) {
        self.consent = consent
        self.line = line
    }
}
