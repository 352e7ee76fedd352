import Testing

@testable import Basics

@Suite("IP addresses")
struct IPAddressTests {
    @Test(
        "Equal addresses are equal values, whatever their form",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("::1", "::1"), ("0:0:0:0:0:0:0:1", "::1"),
            ("2001:DB8::0001", "2001:db8::1"), ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ])
    func forms(text: String, short: String) {
        #expect(IPAddress(text)?.description == short)
        #expect(IPAddress(text) == IPAddress(short))
    }

    @Test(
        "What is no address is none",
        arguments: [
            "", "1.2.3", "1.2.3.4.5", "1.2.3.256", "+1.2.3.4", "1.2.3.0004", "[::1]", "::1%eth0", "1::2::3",
            "localhost",
            "1.2.3.4:80", "::12345", "unknown", "1.2.3.4 ",
        ])
    func none(text: String) { #expect(IPAddress(text) == nil) }

    @Test("Subscribers are counted by IPv4 address and by /64")
    func subnets() throws {
        func subnet(_ text: String) throws -> IPAddress { try #require(IPAddress(text)).subnet }
        #expect(try subnet("192.0.2.1") != subnet("192.0.2.2"))
        #expect(try subnet("2001:db8:0:1::1") == subnet("2001:db8:0:1:ffff::2"))
        #expect(try subnet("2001:db8:0:1::1") != subnet("2001:db8:0:2::1"))
    }
}
