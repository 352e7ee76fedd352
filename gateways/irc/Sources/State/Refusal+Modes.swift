import GatewayKit

extension Refusal {
    /// The meaning of a refused JOIN by the mode that its text names, as in "Cannot join channel (+R)". Servers use one
    /// numeric for several modes: ngIRCd sends 471 (channel is full) for all of its own. Nil if the text names no mode of
    /// the table.
    static func ofMode(in parameters: [String]) -> Refusal? {
        guard parameters.count > 2, let text = parameters.last?.utf8 else { return nil }
        let parts = text.split(separator: UInt8(ascii: "("), omittingEmptySubsequences: false).dropFirst()
        let letters = parts.compactMap { part -> UInt8? in
            let name = part.prefix { $0 != UInt8(ascii: ")") && $0 != UInt8(ascii: " ") }
            guard name.count == 2, name.first == UInt8(ascii: "+") else { return nil }
            return name.last
        }
        return letters.lazy.compactMap { byMode[$0] }.first
    }

    /// The modes that have one meaning on all networks that name them in a refusal.
    private static let byMode: [UInt8: Refusal] = {
        let login = Refusal([.join], .name, .registrationRequired, "% wants you to log in to the network first.")
        let encrypted = Refusal([.join], .name, .forbidden, "% wants an encrypted connection.")
        return [
            UInt8(ascii: "R"): login, UInt8(ascii: "r"): login,
            UInt8(ascii: "z"): encrypted, UInt8(ascii: "S"): encrypted, UInt8(ascii: "Z"): encrypted,
            UInt8(ascii: "O"): Refusal([.join], .name, .forbidden, "% is for operators of the network only."),
            UInt8(ascii: "A"): Refusal([.join], .name, .forbidden, "% is for administrators of the network only."),
        ]
    }()
}
