import Basics
import Testing

@Suite("Moments as text")
struct DateTimeTests {
    @Test(
        "instants are written and read",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1969-07-21T02:56:15Z", -14_159_025), ("2002-09-10T23:41:07Z", 1_031_701_267),
            ("2000-02-29T12:00:00Z", 951_825_600), ("2100-03-01T00:00:00Z", 4_107_542_400),
            ("1900-02-28T23:59:59Z", -2_203_891_201), ("0000-01-01T00:00:00Z", -62_167_219_200),
            ("9999-12-31T23:59:59Z", 253_402_300_799), ("2026-11-21T07:39:00.250Z", 1_795_246_740.25),
            ("1969-12-31T23:59:59.500Z", -0.5),
        ] as [(String, Double)])
    func bothWays(text: String, instant: Double) {
        #expect(DateTime.parse(text) == instant)
        #expect(DateTime.print(instant) == text)
    }

    @Test(
        "offsets, fractions and leap seconds are read",
        arguments: [
            ("1969-07-20T21:56:15-05:00", -14_159_025), ("2002-09-11T01:41:07+02:00", 1_031_701_267),
            ("2002-09-11T05:26:07+05:45", 1_031_701_267), ("1970-01-01T00:00:00+00:00", 0),
            ("1970-01-01T00:00:00-00:00", 0), ("1970-01-01T00:00:00.5Z", 0.5),
            ("1970-01-01T00:00:00.123456Z", 0.123456),
            ("2016-12-31T23:59:60Z", 1_483_228_800),
        ] as [(String, Double)])
    func read(text: String, instant: Double) { #expect(DateTime.parse(text) == instant) }

    @Test(
        "a text that is no instant gives nil",
        arguments: [
            "", "now", "2002-09-10", "2002-09-10T23:41:07", "2002-09-10 23:41:07Z", "2002-13-10T23:41:07Z",
            "2002-00-10T23:41:07Z", "2002-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2002-04-31T00:00:00Z",
            "2002-09-10T24:00:00Z", "2002-09-10T23:60:07Z", "2002-09-10T23:41:61Z", "2002-09-10T23:41:07.Z",
            "2002-09-10T23:41:07Zx", "2002-09-10T23:41:07+0200", "2002-09-10T23:41:07+24:00", "20020910T23:41:07",
            "2002-09-1٠T23:41:07Z", "-001-09-10T23:41:07Z", "2002-09-10T23:41:07z",
        ])
    func refused(text: String) { #expect(DateTime.parse(text) == nil) }

    @Test(
        "three decimals are written for whole seconds too, if the caller asks for milliseconds",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-0.001, "1969-12-31T23:59:59.999Z"), (1.0004, "1970-01-01T00:00:01.000Z"),
        ])
    func milliseconds(instant: Double, text: String) {
        #expect(DateTime.print(instant, decimals: .milliseconds) == text)
    }

    @Test("every day of four centuries is read as it was written")
    func days() {
        for day in stride(from: -135_140, to: 146_097, by: 1) {
            let instant = Double(day) * 86_400
            if DateTime.parse(DateTime.print(instant)) != instant { Issue.record("day \(day)") }
        }
    }

    @Test(
        "instants outside the years 0000 to 9999 are written as the nearest within",
        arguments: [
            (Double.infinity, "9999-12-31T23:59:59.999Z"), (-Double.infinity, "0000-01-01T00:00:00Z"),
            (Double.nan, "1970-01-01T00:00:00Z"), (1e300, "9999-12-31T23:59:59.999Z"),
        ])
    func bounds(instant: Double, text: String) { #expect(DateTime.print(instant) == text) }
}
