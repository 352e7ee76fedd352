import Basics
import Testing

@Suite("Base64")
struct Base64Tests {
    @Test(
        "the examples of RFC 4648 §10",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func examples(text: String, encoded: String) {
        #expect(Base64.encode(text.utf8) == encoded)
    }

    @Test("all digits of the alphabet are used")
    func alphabet() {
        #expect(Base64.encode([0xFB, 0xFF, 0xBF] as [UInt8]) == "+/+/")
    }
}
