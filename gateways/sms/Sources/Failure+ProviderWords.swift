import Basics
import GatewayKit

extension Failure {
    /// Maximum of characters of the provider's text that are quoted.
    private static let mostQuoted = 200

    /// The failure with the provider's own text behind ours, so that the user learns the reason. The text is put on one
    /// line and shortened. A failure that concerns the operator's account, or that may pass, gets no such text, because
    /// it would not help the user.
    ///
    /// - Parameter words: the provider's text, without secrets; nil or empty for none.
    func quoting(_ words: String?) -> Failure {
        guard isAboutMessage, let words else { return self }
        let line = words.map { $0.isNewline || $0.unicodeScalars.allSatisfy { $0.properties.isControl } ? " " : $0 }
        let shown = String(line).trimmed
        guard !shown.isEmpty else { return self }
        let isLong = shown.count > Self.mostQuoted
        var failure = self
        failure.text += " The network said: " + shown.prefix(Self.mostQuoted) + (isLong ? "…" : "")
        return failure
    }

    private var isAboutMessage: Bool {
        switch kind {
        case .internal, .unknownOutcome, .remoteDown, .rateLimited: false
        default: true
        }
    }
}

extension Unicode.Scalar.Properties {
    fileprivate var isControl: Bool { generalCategory == .control }
}
