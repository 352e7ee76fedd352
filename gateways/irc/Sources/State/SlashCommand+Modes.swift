import GatewayKit

extension SlashCommand {
    /// The words of `/mode` with all letters in the first one, and each parameter in the order of its letter. Servers
    /// read signs in the first word only, but people also write `+k key +l 5`.
    ///
    /// Throws if a letter without a parameter stands before one with a parameter: the server would give the parameter to
    /// the wrong letter.
    static func inOrder(_ words: [MiddleParameter], _ context: Context) throws(Failure) -> [MiddleParameter] {
        var letters = ""
        var parameters: [MiddleParameter] = []
        var sign: UInt8 = 0
        /// The letters of the words so far that have no parameter yet.
        var open: [ModeChange] = []
        for word in words {
            let isParameter = !hasSign(word.text) || open.first.map { takesAnyWord($0, context) } ?? false
            guard letters.isEmpty || !isParameter else {
                parameters.append(word)
                if !open.isEmpty { open.removeFirst() }
                continue
            }
            guard open.isEmpty else { throw incomplete(open[0].mode) }
            for letter in word.text.utf8 {
                if letter == UInt8(ascii: "+") || letter == UInt8(ascii: "-") {
                    guard letter != sign else { continue }
                    sign = letter
                } else {
                    let change = ModeChange(adding: sign != UInt8(ascii: "-"), mode: letter, parameter: nil)
                    if takesParameter(change, context) { open.append(change) }
                }
                letters.unicodeScalars.append(Unicode.Scalar(letter))
            }
        }
        guard let first = MiddleParameter(letters) else { return words }
        return [first] + parameters
    }

    private static func hasSign(_ word: String) -> Bool {
        word.utf8.first == UInt8(ascii: "+") || word.utf8.first == UInt8(ascii: "-")
    }

    private static func isRank(_ mode: UInt8, _ context: Context) -> Bool {
        context.support.prefixes.contains { $0.mode == mode }
    }

    private static func takesParameter(_ change: ModeChange, _ context: Context) -> Bool {
        isRank(change.mode, context) || context.support.modes.takesParameter(change.mode, adding: change.adding)
    }

    /// Whether a word that begins with a sign can be the parameter of the mode. Nicks and masks never begin with a
    /// sign. When a mode is removed, the parameter is often left out (`-k`).
    private static func takesAnyWord(_ change: ModeChange, _ context: Context) -> Bool {
        change.adding && !isRank(change.mode, context) && !context.support.modes.lists.contains(change.mode)
    }

    private static func incomplete(_ mode: UInt8) -> Failure {
        let letter = String(UnicodeScalar(mode))
        let words = "The mode \(letter) needs a parameter. Add it, or change the other modes with a second command."
        return Failure(.notAcceptable, words + " Nothing was sent.")
    }
}
