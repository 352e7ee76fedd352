import Testing

@testable import IRCAdapter

struct STSOfferTests {
    @Test(
        "The value of sts is read by its keys; what cannot be read is left out",
        arguments: [
            ("port=6697", 6697, nil), ("duration=300", nil, 300), ("port=1,duration=0", 1, 0),
            ("x,duration=5,preload,port=65535", 65_535, 5), ("", nil, nil), ("port=0", nil, nil),
            ("port=65536", nil, nil), ("port=a,duration=-1", nil, nil), ("port", nil, nil), ("duration=", nil, nil),
            ("duration=99999999999", nil, STSOffer.longest), ("duration=99999999999999999999", nil, nil),
        ] as [(String, Int?, Int?)])
    func reads(_ value: String, _ port: Int?, _ duration: Int?) {
        let offer = STSOffer(value)
        #expect(offer.port == port)
        #expect(offer.duration == duration)
    }
}
