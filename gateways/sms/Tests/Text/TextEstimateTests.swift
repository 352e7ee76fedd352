import GatewayKit
import Testing

@testable import SMSAdapter

@Suite("What a text would cost")
struct TextEstimateTests {
    static let texts: [(text: String, replaces: Bool, lines: [String])] = [
        ("hello", false, ["It takes 1 text message, in the alphabet GSM-7 (5 characters)."]),
        ("10 €", false, ["It takes 1 text message, in the alphabet GSM-7 (5 characters)."]),
        (
            String(repeating: "a", count: 161), false,
            ["It takes 2 text messages, in the alphabet GSM-7 (161 characters)."]
        ),
        (
            "žluťoučký", false,
            [
                "It takes 1 text message, in the alphabet UCS-2 (9 characters).",
                "The first character outside GSM-7 is ž (U+017E, latin small letter z with caron), and also ť (U+0165,"
                    + " latin small letter t with caron), č (U+010D, latin small letter c with caron), ý (U+00FD, latin"
                    + " small letter y with acute).",
            ]
        ),
        (
            "“" + String(repeating: "a", count: 100) + "”", false,
            [
                "It takes 2 text messages, in the alphabet UCS-2 (102 characters).",
                "The first character outside GSM-7 is “ (U+201C, left double quotation mark), and also ” (U+201D, right"
                    + " double quotation mark).",
                "With plain punctuation it would take 1.",
            ]
        ),
        (
            "“hi”…", true,
            [
                "Typographic punctuation is replaced by plain punctuation.",
                "It takes 1 text message, in the alphabet GSM-7 (7 characters).",
            ]
        ),
    ]

    @Test("An estimate tells the parts, the alphabet and the character that forces UCS-2", arguments: texts)
    func estimate(text: String, replaces: Bool, lines: [String]) {
        #expect(TextEstimate(of: text, replacesPunctuation: replaces).lines == lines)
    }

    @Test(
        "Punctuation is replaced only if the whole text then fits the GSM alphabet",
        arguments: [
            ("“a” ‘b’ – c…", "\"a\" 'b' - c..."), ("it’s", "it's"), ("“ž”", "“ž”"), ("plain", "plain"),
            ("«oui»", "\"oui\""),
        ])
    func punctuation(text: String, plain: String) {
        #expect(PlainPunctuation.replacing(in: text) == plain)
    }

    @Test("Punctuation is replaced by setting only")
    func setting() throws {
        for replaces in [false, true] {
            var settings = try Gateway.settings()
            settings.replacesPunctuation = replaces
            let account = try #require(settings.accounts.first)
            var changed = account
            changed.replacesPunctuation = replaces
            let text = try changed.message(
                RequestID("r"), Text("it’s"), to: .peer(PeerAddress(network: SMSRules.network, name: Gateway.friend)),
                from: try #require(E164(Gateway.alice)))
            #expect(text.text == (replaces ? "it's" : "it’s"))
        }
    }
}
