import Testing

@testable import HTTP

@Suite("The dates of HTTP headers")
struct HTTPDateTests {
    private static let now = 1_767_268_800.0

    @Test(
        "A date reads in its three forms (RFC 9110 §5.6.7)",
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
            ("Sun Nov  6 08:49:37 1994", 784_111_777), ("Wed, 21 Oct 2026 07:28:00 GMT", 1_792_567_680),
            ("Thursday, 01-Jan-70 00:00:00 GMT", 3_155_760_000),
        ])
    func reads(text: String, seconds: Double) {
        #expect(HTTPDate.parse(text, now: Self.now) == seconds)
    }

    @Test(
        "Other texts are no dates",
        arguments: [
            "", "soon", "120", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 31 Feb 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 25:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49 GMT",
        ])
    func refuses(text: String) {
        #expect(HTTPDate.parse(text, now: Self.now) == nil)
    }
}
