import Testing

@testable import SMSAdapter

@Suite("Addresses of files")
struct WebAddressTests {
    @Test(
        "Only plain addresses at https and http are taken",
        arguments: [
            "", "a", "ftp://x.example/a", "file:///etc/passwd", "aesgcm://x.example/a#00", "https:/x.example",
            "https://",
            "https:///a", "https://user@x.example/a", "https://u:p@x.example/a", "https://x.example/a b",
            "https://x.example\\@evil.example/", "https://x.example:0/", "https://x.example:99999/",
            "https://x.example/\r\nX: y", "https://ex%61mple.org/", "javascript:alert(1)", "https://é.example/",
            "https://x.example/" + String(repeating: "a", count: 5_000),
        ])
    func refused(text: String) { #expect(WebAddress(text) == nil) }

    @Test(
        "The host and port of an address are known",
        arguments: [
            ("https://X.example/a?b#c", "https://x.example:443"), ("http://x.example", "http://x.example:80"),
            ("HTTPS://x.example:8443/", "https://x.example:8443"),
            ("https://[2001:DB8::1]/", "https://2001:db8::1:443"),
        ])
    func origin(text: String, origin: String) { #expect(WebAddress(text)?.origin == origin) }

    @Test(
        "Private hosts are recognised in every spelling",
        arguments: [
            ("https://x.example/", false), ("https://93.184.216.34/", false), ("https://[2606:4700::1]/", false),
            ("http://127.0.0.1/", true), ("http://10.0.0.1/", true), ("http://169.254.169.254/latest", true),
            ("http://[::1]/", true), ("http://[::ffff:127.0.0.1]/", true), ("http://[fe80::1]/", true),
            ("http://2130706433/", true), ("http://0x7f.1/", true), ("http://127.1/", true), ("http://0/", true),
            ("http://localhost/", true), ("http://a.localhost/", true), ("http://printer/", true),
            ("http://nas.local/", true), ("http://db.internal/", true), ("http://localhost./", true),
        ])
    func privacy(text: String, isPrivate: Bool) throws {
        #expect(try #require(WebAddress(text)).isPrivate == isPrivate)
    }

    @Test(
        "A redirect is followed by the rules of URLs",
        arguments: [
            ("/b", "https://x.example/b"), ("b?c", "https://x.example/d/b?c"), ("//y.example/b", "https://y.example/b"),
            ("http://y.example/", "http://y.example/"), ("ftp://y.example/", nil), ("https://u@y.example/", nil),
            ("", nil),
        ])
    func redirect(location: String, target: String?) throws {
        let address = try #require(WebAddress("https://x.example/d/a"))
        #expect(address.redirected(to: location)?.url == target)
    }
}
