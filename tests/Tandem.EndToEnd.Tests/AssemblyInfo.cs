// Each test class has a whole mesh of its own; two at once would only slow each other down.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
