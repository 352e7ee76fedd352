/// Finds where elements and stanzas begin and end, and holds stanzas to their limits.
extension MarkupScanner {
    mutating func open(isEmpty: Bool, at index: Int) -> Stop? {
        state = .text
        guard depth > 0 else {
            depth = isEmpty ? 0 : 1
            return isEmpty ? .streamComplete : .headerComplete
        }
        if depth > limits.maxDepth, !isSkipping {
            if !isEmpty { depth += 1 }
            return overLimit(.tooDeep, at: index)
        }
        if !isEmpty {
            depth += 1
            return nil
        }
        return depth == 1 ? finishStanza(at: index) : nil
    }

    mutating func close(at index: Int) -> Stop? {
        state = .text
        depth -= 1
        switch depth {
        case 1: return finishStanza(at: index)
        case ...0: return index - stanzaStart > limits.maxStanzaBytes ? .refused(.policyViolation) : .streamComplete
        default: return nil
        }
    }

    private mutating func finishStanza(at index: Int) -> Stop? {
        if isSkipping {
            isSkipping = false
            return .skipped
        }
        if index - stanzaStart > limits.maxStanzaBytes { return .overLimit(.tooLarge, isOver: true) }
        lastStanzaEnd = index
        return .stanzaComplete
    }

    func isOverSize(at index: Int) -> Bool {
        guard !isSkipping, depth > 1 || (depth == 1 && isInsideMarkup) else { return false }
        return index - stanzaStart > limits.maxStanzaBytes
    }

    /// The size is checked before the other reason, so that the reported reason does not depend on how the bytes are
    /// cut.
    mutating func overLimit(_ reason: SkipReason, at index: Int) -> Stop {
        isSkipping = true
        return .overLimit(index - stanzaStart > limits.maxStanzaBytes ? .tooLarge : reason, isOver: false)
    }

    mutating func checkName(at index: Int) -> Stop? {
        guard index - nameStart > limits.maxNameBytes, !isSkipping else { return nil }
        // The first byte beyond the limit, so that the position does not depend on where the piece of bytes ends.
        let surplus = nameStart + limits.maxNameBytes + 1
        return depth == 0 ? .refused(.policyViolation) : overLimit(.nameTooLong, at: surplus)
    }

    mutating func checkAttributes(at index: Int) -> Stop? {
        guard attributes > limits.maxAttributes, !isSkipping else { return nil }
        return depth == 0 ? .refused(.policyViolation) : overLimit(.tooManyAttributes, at: index)
    }
}
