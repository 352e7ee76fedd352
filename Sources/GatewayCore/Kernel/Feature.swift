/// The code for one concern of the core, such as rooms or contacts. A feature owns its state and registers its routes.
/// It calls only the kernel and the features below it, which its initialiser takes. It notifies the features above it
/// through `Moments`.
protocol Feature: AnyObject {
    /// Registers the handlers of the feature. Called once for each feature, from the lowest to the highest.
    func register(in routes: inout Routes)

    /// Releases the closures that features above have set here. Each closure holds its feature, and that feature holds
    /// this one. Called once, when the core ends.
    func close()
}

extension Feature {
    func close() {}
}
