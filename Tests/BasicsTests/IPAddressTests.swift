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
        "A text that is no address gives nil",
        arguments: [
            "", "1.2.3", "1.2.3.4.5", "1.2.3.256", "+1.2.3.4", "1.2.3.0004", "[::1]", "::1%eth0", "1::2::3",
            "localhost",
            "1.2.3.4:80", "::12345", "unknown", "1.2.3.4 ", "1..2.3.4", "1.2.3.4.", "1:2:3:4:5::6:7:8",
            "1:2:3:4:5::6:7:8:9",
        ])
    func none(text: String) { #expect(IPAddress(text) == nil) }

    @Test(
        "4 or 16 bytes are an address",
        arguments: [
            ([192, 0, 2, 1], "192.0.2.1"), ([0x20, 0x01] + Array(repeating: 0, count: 13) + [7], "2001::7"),
            (Array(repeating: 0, count: 10) + [0xFF, 0xFF, 10, 0, 0, 1], "10.0.0.1"),
            (Array(repeating: 0, count: 10) + [0xFF, 0xFE, 10, 0, 0, 1], "::fffe:a00:1"),
            ([], nil), ([1, 2, 3], nil), ([1, 2, 3, 4, 5], nil), (Array(repeating: 0, count: 17), nil),
        ] as [([UInt8], String?)])
    func bytes(bytes: [UInt8], text: String?) {
        #expect(IPAddress(bytes: bytes)?.description == text)
        #expect(IPAddress(bytes: ([9] + bytes)[1...])?.description == text)
    }

    @Test("The subnet is the IPv4 address itself, or the IPv6 /64")
    func subnets() throws {
        func subnet(_ text: String) throws -> IPAddress { try #require(IPAddress(text)).subnet }
        #expect(try subnet("192.0.2.1") != subnet("192.0.2.2"))
        #expect(try subnet("2001:db8:0:1::1") == subnet("2001:db8:0:1:ffff::2"))
        #expect(try subnet("2001:db8:0:1::1") != subnet("2001:db8:0:2::1"))
    }
}
