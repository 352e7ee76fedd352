/// An answer to `martlet init` that cannot be used. The text names the answer, and says what is right.
struct AnswerFault: Error, CustomStringConvertible, Equatable {
    let description: String

    init(_ description: String) { self.description = description }
}
