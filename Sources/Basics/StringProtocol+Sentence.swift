extension StringProtocol {
    /// The text with a full stop, if its end has no mark of a sentence. Other sentences can follow it. An empty text stays
    /// empty.
    package var asSentence: String {
        guard let last, !".!?…".contains(last) else { return String(self) }
        return String(self) + "."
    }
}
