extension Duration {
    /// How long a test awaits an event that must come. A test that passes does not wait that long, and a machine with
    /// other work may need most of it. The value is 60 s.
    package static let patience = Duration.seconds(60)
}
