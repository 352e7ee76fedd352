import Basics
import Testing

@Suite("Keyed hashes")
struct SipHashTests {
    /// The vectors of the paper's authors: the key is 00 01 … 0f, the text of length n is 00 01 … n-1.
    @Test(
        "SipHash-2-4 gives the published values",
        arguments: [
            (0, 0x726f_db47_dd0e_0e31), (1, 0x74f8_39c5_93dc_67fd), (7, 0xab02_00f5_8b01_d137),
            (8, 0x93f5_f579_9a93_2462), (15, 0xa129_ca61_49be_45e5), (16, 0x3f2a_cc7f_57c2_9bdb),
        ] as [(Int, UInt64)])
    func vectors(length: Int, expected: UInt64) {
        let hash = SipHash(key: (0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908))
        let bytes = (0..<UInt8(length)).map { $0 }
        #expect(bytes.withUnsafeBytes { hash($0) } == expected)
    }
}
