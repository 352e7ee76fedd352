/// The reason why a text is no pattern.
package struct PatternError: Error, Equatable {
    package let text: String

    package init(_ text: String) { self.text = text }

    static let tooLong = PatternError("is longer than \(Pattern.longestSource) bytes")
}
