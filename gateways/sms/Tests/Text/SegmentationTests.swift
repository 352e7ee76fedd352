import Testing

@testable import SMSAdapter

@Suite("Parts of a long text")
struct SegmentationTests {
    @Test(
        "Seven-bit texts fill parts of 160 or 153 septets",
        arguments: [
            ("", 1), (String(repeating: "a", count: 160), 1), (String(repeating: "a", count: 161), 2),
            (String(repeating: "a", count: 306), 2), (String(repeating: "a", count: 307), 3),
            (String(repeating: "€", count: 80), 1), (String(repeating: "€", count: 81), 2),
            // An escaped character is never split between two parts.
            (String(repeating: "a", count: 152) + "€" + String(repeating: "a", count: 153), 3),
            ("@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà^{}\\[~]|€\u{0C}", 1),
        ])
    func sevenBit(text: String, parts: Int) {
        let segmentation = Segmentation(of: text)
        #expect(segmentation.encoding == .gsm7)
        #expect(segmentation.parts == parts)
    }

    @Test(
        "Other texts fill parts of 70 or 67 units of UTF-16",
        arguments: [
            (String(repeating: "ž", count: 70), 1), (String(repeating: "ž", count: 71), 2),
            (String(repeating: "ž", count: 134), 2), (String(repeating: "ž", count: 135), 3),
            (String(repeating: "😀", count: 35), 1), (String(repeating: "😀", count: 36), 2),
            (String(repeating: "😀", count: 66), 2),
            // 134 units would fit into two parts, but a surrogate pair is not split.
            (String(repeating: "😀", count: 67), 3),
        ])
    func wide(text: String, parts: Int) {
        let segmentation = Segmentation(of: text)
        #expect(segmentation.encoding == .ucs2)
        #expect(segmentation.parts == parts)
    }

    @Test(
        "A character that only looks like one of the GSM alphabet forces UCS-2",
        arguments: ["`", "ç", "á", "“", "—", "…", "\u{A0}", "\t", "ρ", "Ё"])
    func outside(character: String) {
        #expect(Segmentation(of: "a" + character).encoding == .ucs2)
    }
}
