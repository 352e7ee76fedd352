/// Runs libFuzzer on a target.
enum Fuzzer {
    /// The target that libFuzzer's callback runs. It is global because the callback cannot have a context.
    nonisolated(unsafe) private static var target: FuzzTarget?

    static func run(_ target: FuzzTarget, _ arguments: [String]) -> CInt {
        self.target = target
        var strings: [UnsafeMutablePointer<CChar>?] = arguments.map { argument in
            let bytes = argument.utf8CString
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
            for (index, byte) in bytes.enumerated() { copy[index] = byte }
            return copy
        }
        strings.append(nil)
        var count = CInt(arguments.count)
        return strings.withUnsafeMutableBufferPointer { strings in
            var start = strings.baseAddress
            return runDriver(&count, &start) { bytes, count in
                Fuzzer.target?.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
                return 0
            }
        }
    }
}

/// The entry point of libFuzzer for programs with their own `main` (LLVM, "Using libFuzzer as a library").
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt
