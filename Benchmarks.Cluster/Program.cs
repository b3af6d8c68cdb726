using Bandstand.Benchmarks.Cluster;

return await SiloBenchmark.Run(args);
