extension BidirectionalCollection {
    /// The collection without the elements at both ends that satisfy the condition.
    @inlinable package func trimming(while isMargin: (Element) -> Bool) -> SubSequence {
        let rest = drop(while: isMargin)
        guard let last = rest.lastIndex(where: { !isMargin($0) }) else { return rest[rest.endIndex...] }
        return rest[...last]
    }
}

extension StringProtocol {
    /// The text without white space and line ends at both ends.
    @inlinable package var trimmed: String {
        String(Substring(self).unicodeScalars.trimming(while: \.properties.isWhitespace))
    }
}
