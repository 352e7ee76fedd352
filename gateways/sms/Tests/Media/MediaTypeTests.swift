import Testing

@testable import SMSAdapter

@Suite("Types of files")
struct MediaTypeTests {
    @Test(
        "The first bytes tell the type",
        arguments: [
            ("\u{89}PNG\r\n\u{1A}\n....", MediaType.png), ("GIF89a...", .gif), ("RIFF....WEBPVP8 ", .webp),
            ("RIFF....WAVEfmt ", .wav), ("RIFF....AVI LIST", .other), ("....ftypisom....", .mp4),
            ("....ftyp3gp4....", .threeGP), ("....ftypheic....", .heic), ("....ftypM4A ....", .m4a),
            ("....ftypqt  ....", .quickTime), ("#!AMR\n", .amr), ("OggS...", .ogg), ("ID3....", .mp3),
            ("%PDF-1.7", .pdf), ("BEGIN:VCARD\r\nVERSION:3.0", .contact), ("a note\n", .text), ("", .other),
            ("<svg xmlns='http://www.w3.org/2000/svg'/>", .other), ("  <!DOCTYPE html><script>", .other),
            ("a\u{0}b", .other), ("MZ\u{90}\u{0}", .other),
        ])
    func types(start: String, type: MediaType) {
        // Characters up to U+00FF stand for bytes.
        #expect(MediaType(of: start.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }) == type)
    }

    @Test("Bytes that are no UTF-8 are no text")
    func bytes() {
        #expect(MediaType(of: [0xFF, 0xD8, 0xFF, 0xE0]) == .jpeg)
        #expect(MediaType(of: [0x61, 0xFF, 0x62]) == .other)
    }

    @Test("Only pictures, sounds and videos are shown in place; endings lead back to their types")
    func shown() {
        for type in MediaType.allCases {
            #expect(MediaType(ending: type.ending) == type)
            let isMedia = ["image/", "audio/", "video/"].contains { type.name.hasPrefix($0) }
            #expect(type.isShown == isMedia)
        }
        #expect(!MediaType.allCases.contains { $0.name.contains("svg") || $0.name.contains("html") })
        #expect(MediaType(ending: "html") == nil)
    }
}
