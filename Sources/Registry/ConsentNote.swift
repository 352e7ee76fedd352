import GatewayKit

/// The word of a person that came with a message, and the value whose holder it concerns.
package struct ConsentNote: Sendable, Equatable {
    package let consent: Consent
    package let line: UniqueValue

    package init(_ consent: Consent, for line: UniqueValue) {
        self.consent = consent
        self.line = line
    }
}
