Console.Error.WriteLine("The silo hosts nothing yet."); return 2;
