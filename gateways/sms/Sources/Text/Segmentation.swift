/// The split of a text into the parts that are transmitted (3GPP TS 23.040 §9.2.3.24.1, 8-bit reference).
///
/// One part carries 160 septets or 70 UTF-16 units; each of several carries 153 or 67, because six octets go to the
/// header that joins them. An escaped character and a surrogate pair are never split between two parts.
struct Segmentation: Equatable, Sendable {
    enum Encoding: Sendable { case gsm7, ucs2 }

    let encoding: Encoding
    /// The number of parts, at least 1. An empty text is one empty part.
    let parts: Int

    /// The one part of a message with a picture: no text of it is split.
    static let ofMedia = Segmentation(encoding: .ucs2, parts: 1)

    private init(encoding: Encoding, parts: Int) {
        self.encoding = encoding
        self.parts = parts
    }

    init(of text: String) {
        var septets: [Int] = []
        for scalar in text.unicodeScalars {
            guard let cost = GSMAlphabet.septets(of: scalar) else {
                encoding = .ucs2
                parts = Self.parts(text.unicodeScalars.map { UTF16.width($0) }, alone: 70, joined: 67)
                return
            }
            septets.append(cost)
        }
        encoding = .gsm7
        parts = Self.parts(septets, alone: 160, joined: 153)
    }

    private static func parts(_ costs: [Int], alone: Int, joined: Int) -> Int {
        guard costs.reduce(0, +) > alone else { return 1 }
        var parts = 1
        var filled = 0
        for cost in costs {
            if filled + cost > joined {
                parts += 1
                filled = 0
            }
            filled += cost
        }
        return parts
    }
}
