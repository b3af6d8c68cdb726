return await Bandstand.Silo.SiloProgram.Run(args, Console.Out, Console.Error);
